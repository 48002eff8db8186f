internal import Synchronization

// The loop as an executor. A request that needs a task has a `Task(executorPreference: loop)`: its jobs are appended to
// `localJobs` without a lock when the loop's own thread enqueues them, and to the inbox otherwise.
//
// A task executor only, not a serial one: run as isolated to a serial executor, every task would begin by
// hopping off it, which is one more job per request (measured: a tenth of the user time of a small request).
extension EventLoop: TaskExecutor {
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

  /// Whether the calling thread is the loop's.
  package var isCurrent: Bool {
    owner.load(ordering: .relaxed) == System.currentThread()
  }
}

extension EventLoop {
  func runLocalJobs(atMost limit: Int) {
    if localJobs.isEmpty { return }
    // SAFETY: the loop outlives this call.
    let executor = unsafe asUnownedTaskExecutor()
    var ran = 0
    while !localJobs.isEmpty, ran < limit {
      var batch: [UnownedJob] = []
      swap(&batch, &localJobs)
      for job in batch {
        // SAFETY: each job was handed to this executor once and is run once, on the loop's thread.
        unsafe job.runSynchronously(on: executor)
      }
      ran += batch.count
      if localJobs.isEmpty {
        batch.removeAll(keepingCapacity: true)
        swap(&batch, &localJobs)
      }
    }
  }
}
