"""What every page shares: session, csrf, forms, htmx, i18n, throttle, static, errors. Knows no room."""
