"""
Webhook logs: reading them in any envelope, and what became of every message in them.

`reading` makes events of a log, `fold` is the judgement of one message as a mergeable fold over its events (`marks`
how a state lies in bytes, `store` where the states are), `counting` goes over all messages, `story` says what the
counts amount to, and `document` is the result. `triage` does one after the other. Nothing here touches the network,
and nothing keeps the log in memory.
"""
