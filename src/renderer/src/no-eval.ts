import { config } from 'zod'

// The content policy forbids eval. Zod would find that out by trying, which the policy reports as a violation; it has to
// be told before the first schema is made, so this module is imported before any other.
config({ jitless: true })
