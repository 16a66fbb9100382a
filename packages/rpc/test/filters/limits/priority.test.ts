import { PRIORITIES, PRIORITY, priorityOf } from '@kumquat/rpc'
import { expect } from 'chai'

describe('priorityOf()', () => {
  it('reads the attachment, and takes anything else for normal', () => {
    for (const priority of PRIORITIES) expect(priorityOf({ attachments: { [PRIORITY]: priority } })).to.equal(priority)
    expect(priorityOf({ attachments: {} })).to.equal('normal')
    for (const odd of ['', 'CRITICAL', 'constructor', 'urgent'])
      expect(priorityOf({ attachments: { [PRIORITY]: odd } })).to.equal('normal')
  })
})
