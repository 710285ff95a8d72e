"""Captures the variables of a worker off its critical path, and maps them back in. See SNAPSHOT.md."""

from .snapshots import Pending, Snapshots

__all__ = ["Pending", "Snapshots"]
