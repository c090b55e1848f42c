"""HTML pages that stand alone: one file, styles and charts inside, no script; for screen and print."""

from training.pages.page import render_page

__all__ = ["render_page"]
