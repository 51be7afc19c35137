namespace Rekey.Messaging;

/// <summary>The queues that carry the work. A message holds an id and nothing else: authority is read again by whoever takes it
/// up.</summary>
public interface IWorkQueue
{
    /// <summary>Asks for this rotation to be taken as far as it can go, after an optional delay.</summary>
    Task EnqueueRotationAsync(string keyId, TimeSpan? delay, CancellationToken cancellationToken);

    /// <summary>Asks for this departure to be assessed.</summary>
    Task EnqueueDepartureAsync(string departureId, TimeSpan? delay, CancellationToken cancellationToken);

    /// <summary>Asks for a sweep over token logs.</summary>
    /// <param name="request">Names the request.</param>
    Task EnqueueSweepAsync(string request, CancellationToken cancellationToken);
}
