"""Every command that works on this machine's installation. Importing this sets Django up."""

from orderveil.cli import session  # noqa: F401 - sets Django up before the commands are imported

# isort: split
import click

from orderveil.cli.calls import calls
from orderveil.cli.channel import channel
from orderveil.cli.courier import courier
from orderveil.cli.credential import credential
from orderveil.cli.demo import demo
from orderveil.cli.device import device
from orderveil.cli.ingest import ingest
from orderveil.cli.init import init
from orderveil.cli.inventory import inventory
from orderveil.cli.keys import keys
from orderveil.cli.ledger import ledger
from orderveil.cli.mail import mail
from orderveil.cli.orders import erase, find, state, view
from orderveil.cli.partner import partner
from orderveil.cli.person import person
from orderveil.cli.policy import policy
from orderveil.cli.purge import purge
from orderveil.cli.subscription import subscription
from orderveil.cli.up import up
from orderveil.cli.walk import walk
from orderveil.cli.warehouse import warehouse

COMMANDS: tuple[click.Command, ...] = (
    *(init, up, walk, demo, ingest, view, state, find, erase),
    *(ledger, policy, keys, partner, credential, channel, subscription, person, device, inventory),
    warehouse,
    purge,
    courier,
    calls,
    mail,
)
