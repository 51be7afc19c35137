namespace Rekey.Messaging;

/// <summary>The work queues. A message holds an id and nothing else: the worker reads again what it may do.</summary>
public interface IWorkQueue
{
    /// <summary>Enqueues a rotation, to be taken as far as it can go, after an optional delay.</summary>
    Task EnqueueRotationAsync(string keyId, TimeSpan? delay, CancellationToken cancellationToken);

    /// <summary>Enqueues a departure to be assessed.</summary>
    Task EnqueueDepartureAsync(string departureId, TimeSpan? delay, CancellationToken cancellationToken);

    /// <summary>Enqueues a sweep over token logs.</summary>
    /// <param name="request">Names the request.</param>
    Task EnqueueSweepAsync(string request, CancellationToken cancellationToken);
}
