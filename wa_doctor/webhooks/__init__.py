"""
Webhook logs: reading them in any envelope, and what became of every message in them.

`fold` holds the judgement of one message as a mergeable fold over its events, `document` what a whole triage
amounts to. Nothing here touches the network, and nothing keeps the log in memory.
"""
