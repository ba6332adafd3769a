"""The demonstration city: Bandung's real places and prices, with residents and rounds that are simulated."""

from rembuk.demo.build import prepare

__all__ = ["prepare"]
