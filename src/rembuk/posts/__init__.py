"""The room of posts: places where people vote on paper, and how their sheets join the count (trust.md 6)."""
