"""What approvers look at: questions with their versions, proofs, what was decided and what outsiders say."""
