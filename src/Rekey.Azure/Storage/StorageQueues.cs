using System.Text.Json.Nodes;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Rekey.Azure.Http;
using Rekey.Messaging;

namespace Rekey.Azure.Storage;

/// <summary>The queues <c>departures</c>, <c>rotations</c> and <c>sweeps</c>, created on first use. A message is a JSON object with one
/// id.</summary>
public sealed class StorageQueues(QueueServiceClient service, TimeProvider timeProvider) : IWorkQueue
{
    /// <summary>Messages <c>{"departure":"…"}</c>.</summary>
    public const string Departures = "departures";

    /// <summary>Messages <c>{"key":"…"}</c>.</summary>
    public const string Rotations = "rotations";

    /// <summary>Messages <c>{"sweep":"…"}</c>.</summary>
    public const string Sweeps = "sweeps";

    // A message can be invisible for at most seven days ("Put Message", visibilitytimeout).
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1);

    /// <summary>The time to live of a message that never expires. The default of seven days would lose work over a long outage.</summary>
    internal static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _departures = service.GetQueueClient(Departures);
    private readonly QueueClient _rotations = service.GetQueueClient(Rotations);
    private readonly QueueClient _sweeps = service.GetQueueClient(Sweeps);

    public Task EnqueueRotationAsync(string keyId, TimeSpan? delay, CancellationToken cancellationToken) =>
        SendAsync(_rotations, "key", keyId, delay, cancellationToken);

    public Task EnqueueDepartureAsync(string departureId, TimeSpan? delay, CancellationToken cancellationToken) =>
        SendAsync(_departures, "departure", departureId, delay, cancellationToken);

    public Task EnqueueSweepAsync(string request, CancellationToken cancellationToken) =>
        SendAsync(_sweeps, "sweep", request, delay: null, cancellationToken);

    private async Task SendAsync(QueueClient queue, string member, string id, TimeSpan? delay, CancellationToken cancellationToken)
    {
        var message = new JsonObject { [member] = id }.ToJsonString();
        var wait = delay is { } asked
            ? TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(asked.TotalSeconds), 0, LongestDelay.TotalSeconds))
            : (TimeSpan?)null;
        try
        {
            try
            {
                await queue.SendMessageAsync(message, wait, Forever, cancellationToken);
            }
            catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
            {
                await queue.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                await queue.SendMessageAsync(message, wait, Forever, cancellationToken);
            }
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancellationToken))
        {
            throw OutsideFailures.OfStorage(failure, $"queue {queue.Name}", timeProvider);
        }
    }
}
