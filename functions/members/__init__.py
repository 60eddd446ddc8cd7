"""The member: how their kennitala, phone and name are written, their membership, and changes they ask for."""
