"""Messages out, by channel, retried until sent."""
