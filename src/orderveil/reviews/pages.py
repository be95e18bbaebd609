"""The pages of access reviews. Whoever may read people may read them; reviewers decide."""

from orderveil.core.pages import Page, Waiting
from orderveil.core.roles import Permission
from orderveil.reviews import calendar, views

READ, DO = Permission.READ_PEOPLE, Permission.REVIEW_ACCESS

PAGES: tuple[Page, ...] = (
    Page("reviews/", views.reviews, READ, "reviews", menu="Access reviews", group="Watch"),
    Page("reviews/open/", views.open_one, DO, "review_open", fresh=True),
    Page("reviews/every/", views.every, DO, "review_every", fresh=True),
    Page("reviews/<int:campaign_id>/", views.review, READ, "review"),
    Page("reviews/<int:campaign_id>/keep/", views.keep, DO, "review_keep", fresh=True),
    Page("reviews/<int:campaign_id>/close/", views.close_one, DO, "review_close", fresh=True),
    Page(
        "reviews/<int:campaign_id>/items/<int:item_id>/",
        views.item,
        DO,
        "review_item",
        fresh=True,
    ),
)

WAITING = (
    Waiting(
        "access reviews that are overdue",
        lambda actor: 1 if calendar.due(actor) else None,
        Permission.REVIEW_ACCESS,
        "reviews",
    ),
)
