"""
Says what a pasted text means: what was read in it, which facts it matches, and which causes that points to.

`reading` finds errors, HTTP lines, numbers and ids in any text; `matching` looks them up; `symptoms` recognises what
programs and people say around the API; `reasoning` weighs everything together. Nothing here touches the network.
"""
