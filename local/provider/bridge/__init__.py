"""Answers Check and Diff from a schema, as Pulumi's bridge to Terraform's providers answers.

`schema` reads what is known of each property; `defaults`, `refusals` and `differences` each answer one
question of the engine from that. What Google itself would refuse is no part of it: the bridge asks nobody.
"""
