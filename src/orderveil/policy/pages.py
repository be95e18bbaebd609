"""The pages about the policy, and what of it waits for a person."""

from orderveil.core.pages import Page, Waiting
from orderveil.core.roles import Permission
from orderveil.policy import views, views_draft

_READ, _DRAFT, _APPROVE = (
    Permission.READ_POLICY,
    Permission.DRAFT_POLICY,
    Permission.APPROVE_POLICY,
)

PAGES: tuple[Page, ...] = (
    Page("policy/", views.policy, _READ, "policy", menu="Policy", group="Rules"),
    Page("policy/sentences/", views.sentences, _READ, "policy_sentences"),
    Page("policy/versions/", views.history, _READ, "policy_versions"),
    Page("policy/versions/<int:number>/", views.version, _READ, "policy_version"),
    Page(
        "policy/versions/<int:number>/approve/",
        views.approve,
        _APPROVE,
        "policy_approve",
        fresh=True,
    ),
    Page(
        "policy/versions/<int:number>/reject/",
        views.reject,
        _APPROVE,
        "policy_reject",
        fresh=True,
    ),
    # Drafting changes nothing that anybody else sees: publishing does.
    Page("policy/versions/<int:number>/draft/", views_draft.begin, _DRAFT, "policy_begin"),
    Page("policy/draft/", views_draft.draft, _DRAFT, "policy_draft"),
    Page("policy/draft/text/", views_draft.text, _DRAFT, "policy_draft_text"),
    Page("policy/draft/hop/<str:hop>/", views_draft.hop, _DRAFT, "policy_draft_hop"),
    Page("policy/draft/preview/", views_draft.preview, _DRAFT, "policy_preview"),
    Page("policy/draft/publish/", views_draft.publish, _DRAFT, "policy_publish", fresh=True),
    Page("policy/draft/discard/", views_draft.discard, _DRAFT, "policy_discard"),
)

WAITING: tuple[Waiting, ...] = (
    Waiting("policy drafts to approve", views.drafts_waiting, _APPROVE, "policy_versions"),
)
