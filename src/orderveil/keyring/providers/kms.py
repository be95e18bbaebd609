"""Root keys in AWS KMS: a key behind an alias.

Rules kept here:
- The context is KMS's encryption context: it is bound to the blob, and stands in CloudTrail in
  the clear (brand, purpose and id; never personal).
- A version is a key's ARN. To rotate is to create a new key and point the alias at it: KMS's own
  rotation keeps the old material for ever, so nothing would ever die.
  Each key is tagged with the one it replaced. A kill between the two steps leaves a key that
  never wrapped anything.
- To destroy is to schedule the old key's deletion. It is unusable at once; AWS deletes it after
  7 days, the shortest term it allows, and until then an administrator can call it back.
- Credentials come from boto3's usual places, never from the URL.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from orderveil.keyring.providers import KeyringError, UnwrapError, Wrapped, active_refused

_PENDING_DAYS = 7
_BEFORE = "orderveil-before"
_GONE = frozenset({"PendingDeletion", "PendingReplicaDeletion", "Unavailable"})
_REFUSALS = frozenset(
    {"InvalidCiphertextException", "IncorrectKeyException", "KMSInvalidStateException"}
    | {"NotFoundException", "AccessDeniedException", "DisabledException"}
)
_ABSENT = frozenset({"NotFoundException"})


class KmsRoot:
    """The keys an alias has pointed at: `alias/name?region=..[&endpoint=http://..]`."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self._alias = parts.path
        if not self._alias.startswith("alias/"):
            raise KeyringError(
                "The KMS address is incomplete.",
                remedy="Write it as `kms:alias/name?region=ap-south-1`.",
            )
        try:
            self._client: Any = boto3.client(
                "kms", region_name=query.get("region"), endpoint_url=query.get("endpoint")
            )
        except BotoCoreError as error:
            raise _unreachable(error) from None

    def wrap(self, plaintext: bytes, context: bytes) -> Wrapped:
        """`plaintext` under the key the alias points at; the blob names it."""
        version = self.active()
        answer = self._call(
            "encrypt", KeyId=version, Plaintext=plaintext, EncryptionContext=_context(context)
        )
        return Wrapped(answer["KeyId"], answer["CiphertextBlob"])

    def unwrap(self, wrapped: Wrapped, context: bytes) -> bytes:
        """The plaintext; UnwrapError when KMS refuses it or the key awaits deletion."""
        try:
            self._refuse_gone(wrapped.version)
            answer = self._call(
                "decrypt",
                _REFUSALS,
                KeyId=wrapped.version,
                CiphertextBlob=wrapped.blob,
                EncryptionContext=_context(context),
            )
        except ClientError as error:
            raise UnwrapError(
                f"KMS does not open a key wrapped under {wrapped.version} ({_code(error)}).",
                remedy="Restore the keyring tables, or give this role kms:Decrypt on that key.",
            ) from None
        plaintext: bytes = answer["Plaintext"]
        return plaintext

    def active(self) -> str:
        """The ARN the alias points at; creates key and alias at the first use."""
        found = self._describe(self._alias)
        return found["Arn"] if found else self._create()

    def rotate(self) -> str:
        """A new key, with the alias moved to it."""
        return self._create(before=self.active())

    def versions(self) -> list[str]:
        """The ARNs that still decrypt, oldest first: the alias's key and those before it."""
        found: list[str] = []
        state = self._describe(self._alias)
        while state and state["KeyState"] not in _GONE and state["Arn"] not in found:
            found.append(state["Arn"])
            before = self._before(state["Arn"])
            state = self._describe(before) if before else None
        return found[::-1]

    def destroy(self, version: str) -> None:
        """Schedule the key's deletion: unusable at once, gone after 7 days."""
        if version == self.active():
            raise active_refused(version)
        state = self._describe(version)
        if state and state["KeyState"] not in _GONE:
            self._call(
                "schedule_key_deletion", KeyId=state["KeyId"], PendingWindowInDays=_PENDING_DAYS
            )

    def _create(self, before: str = "") -> str:
        tags = [{"TagKey": _BEFORE, "TagValue": before}] if before else []
        arn: str = self._call("create_key", Tags=tags)["KeyMetadata"]["Arn"]
        change = "update_alias" if before else "create_alias"
        self._call(change, AliasName=self._alias, TargetKeyId=arn)
        return arn

    def _before(self, arn: str) -> str:
        """The key this one replaced; "" for the first."""
        tags = self._call("list_resource_tags", KeyId=arn)["Tags"]
        return next((tag["TagValue"] for tag in tags if tag["TagKey"] == _BEFORE), "")

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            answer = self._call("describe_key", _ABSENT, KeyId=name)
        except ClientError:
            return None
        state: dict[str, Any] = answer["KeyMetadata"]
        return state

    def _refuse_gone(self, version: str) -> None:
        state = self._describe(version)
        if state is None or state["KeyState"] in _GONE:
            raise UnwrapError(
                f"The KMS key {version} is deleted or about to be.",
                remedy="If that was a mistake, cancel the key's deletion within its 7 days.",
            )

    def _call(
        self, operation: str, answered: frozenset[str] = frozenset(), /, **arguments: Any
    ) -> Any:
        """Call KMS; the error codes in `answered` come back as they are, others as KeyringError."""
        try:
            return getattr(self._client, operation)(**arguments)
        except ClientError as error:
            if _code(error) in answered:
                raise
            raise _unreachable(error) from None
        except BotoCoreError as error:
            raise _unreachable(error) from None


def _context(context: bytes) -> dict[str, str]:
    return {"orderveil": context.decode()}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _unreachable(error: Exception) -> KeyringError:
    reason = _code(error) if isinstance(error, ClientError) else type(error).__name__
    return KeyringError(
        f"KMS does not answer as it should ({reason}).",
        remedy="Check the region, the credentials and the role's permissions on the key.",
    )
