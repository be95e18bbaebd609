"""The pages about people."""

from orderveil.core.pages import Page

PAGES: tuple[Page, ...] = ()
