export { type EventuallyOptions, eventually } from './eventually.ts'
export { type HandClock, type HandClockOptions, handClock } from './hand-clock.ts'
export { type LogLine, type RecordingLogger, recordingLogger } from './recording-logger.ts'
export { type RecordingObserver, recordingObserver } from './recording-observer.ts'
