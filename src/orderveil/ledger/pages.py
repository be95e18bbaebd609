"""The record's pages: the log, an entry and its proof, an order, a person, a partner, the file."""

from orderveil.core.pages import Page
from orderveil.core.roles import Permission
from orderveil.ledger import views, views_proof, views_subject

READ = Permission.READ_LEDGER

PAGES: tuple[Page, ...] = (
    Page("ledger/", views.log, READ, "ledger", menu="Ledger", group="Record"),
    Page("ledger/checkpoint/", views_proof.checkpoint, READ, "ledger_checkpoint"),
    Page("ledger/export/", views.export, Permission.EXPORT_LEDGER, "ledger_export", fresh=True),
    Page("ledger/checkpoint.txt", views_proof.note, READ, "ledger_note"),
    Page("ledger/entries/<uuid:entry_id>/", views_proof.entry, READ, "ledger_entry"),
    Page("ledger/entries/<uuid:entry_id>/proof.json", views_proof.proof, READ, "ledger_proof"),
    Page("ledger/entries/<uuid:entry_id>/orders/", views_subject.orders, READ, "ledger_orders"),
    Page("ledger/orders/<str:order>/", views_subject.order, READ, "ledger_order"),
    Page("ledger/people/<path:tag>/", views_subject.person, READ, "ledger_person"),
    Page("ledger/partners/<int:partner>/", views_subject.partner, READ, "ledger_partner"),
)
