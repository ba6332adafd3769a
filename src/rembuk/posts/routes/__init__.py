"""Pages of posts: for officials, for the officers at the table and the keyboard, for auditors, for everybody."""

from rembuk.posts.routes import after, desk, printing, public, setup, sheets

HANDLERS = [
    *setup.HANDLERS,
    *printing.HANDLERS,
    *desk.HANDLERS,
    *sheets.HANDLERS,
    *after.HANDLERS,
    *public.HANDLERS,
]
