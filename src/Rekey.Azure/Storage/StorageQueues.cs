using System.Text.Json.Nodes;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Rekey.Rotations;

namespace Rekey.Azure.Storage;

/// <summary>The queues <c>departures</c>, <c>rotations</c> and <c>sweeps</c>, created on first use. A message is a JSON object with one
/// id.</summary>
public sealed class StorageQueues(QueueServiceClient service, TimeProvider time) : IWorkQueue
{
    /// <summary>Messages <c>{"departure":"…"}</c>.</summary>
    public const string Departures = "departures";

    /// <summary>Messages <c>{"key":"…"}</c>.</summary>
    public const string Rotations = "rotations";

    /// <summary>Messages <c>{"sweep":"…"}</c>.</summary>
    public const string Sweeps = "sweeps";

    // A message may be invisible for seven days at most ("Put Message", visibilitytimeout).
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1);

    /// <summary>The time to live of a message that never expires. The default of seven days would lose work over a long outage.</summary>
    internal static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private readonly QueueClient _departures = service.GetQueueClient(Departures);
    private readonly QueueClient _rotations = service.GetQueueClient(Rotations);
    private readonly QueueClient _sweeps = service.GetQueueClient(Sweeps);

    public Task EnqueueRotationAsync(string keyId, TimeSpan? delay, CancellationToken cancel) =>
        SendAsync(_rotations, "key", keyId, delay, cancel);

    public Task EnqueueDepartureAsync(string departureId, TimeSpan? delay, CancellationToken cancel) =>
        SendAsync(_departures, "departure", departureId, delay, cancel);

    public Task EnqueueSweepAsync(string request, CancellationToken cancel) => SendAsync(_sweeps, "sweep", request, delay: null, cancel);

    private async Task SendAsync(QueueClient queue, string member, string id, TimeSpan? delay, CancellationToken cancel)
    {
        var message = new JsonObject { [member] = id }.ToJsonString();
        var wait = delay is { } asked ? TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(asked.TotalSeconds), 0, LongestDelay.TotalSeconds))
            : (TimeSpan?)null;
        try
        {
            try
            {
                await queue.SendMessageAsync(message, wait, Forever, cancel);
            }
            catch (RequestFailedException missing) when (missing.ErrorCode == QueueErrorCode.QueueNotFound)
            {
                await queue.CreateIfNotExistsAsync(cancellationToken: cancel);
                await queue.SendMessageAsync(message, wait, Forever, cancel);
            }
        }
        catch (Exception failure) when (OutsideFailures.Is(failure, cancel))
        {
            throw OutsideFailures.OfStorage(failure, $"queue {queue.Name}", time);
        }
    }
}
