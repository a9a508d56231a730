/** Version of this package; a test compares it with package.json. */
export const VERSION = '0.1.0'

/** The protocol revisions that results follow; SPEC.md says what was run and what was read. */
export const PROTOCOL = {
  storageContracts: '40e6dec (2026-02)',
  storageNode: 'e65db86',
  storageSdk: '@0gfoundation/0g-ts-sdk 1.2.8',
} as const
