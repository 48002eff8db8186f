internal import Synchronization

// The loop as an executor. A request is one `Task(executorPreference: loop)`: its jobs are appended to
// `localJobs` without a lock when the loop's own thread enqueues them, and to the inbox otherwise.
extension EventLoop: TaskExecutor, SerialExecutor {
  /// Runs a job of a task in a later turn. From any thread.
  package func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    if isCurrent {
      localJobs.append(unowned)
      return
    }
    let wake = inbox.withLock { inbox -> Bool in
      inbox.jobs.append(unowned)
      defer { inbox.signalled = true }
      return !inbox.signalled
    }
    if wake { System.signal(wakeDescriptor) }
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    // SAFETY: loops live as long as the process serves; tasks that prefer one are finished before it goes.
    unsafe UnownedSerialExecutor(ordinary: self)
  }

  package func checkIsolated() {
    precondition(isCurrent, "called outside the event loop's thread")
  }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }

  /// Whether the calling thread is the loop's.
  package var isCurrent: Bool {
    owner.load(ordering: .relaxed) == System.currentThread()
  }
}

extension EventLoop {
  func runLocalJobs(atMost limit: Int) {
    var ran = 0
    while !localJobs.isEmpty, ran < limit {
      var batch: [UnownedJob] = []
      swap(&batch, &localJobs)
      for job in batch {
        // SAFETY: each job was handed to this executor once and is run once, on the loop's thread.
        unsafe job.runSynchronously(
          isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
      }
      ran += batch.count
      if localJobs.isEmpty {
        batch.removeAll(keepingCapacity: true)
        swap(&batch, &localJobs)
      }
    }
  }
}
