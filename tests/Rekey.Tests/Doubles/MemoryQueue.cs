using Rekey.Findings;
using Rekey.Offboarding;
using Rekey.Rotations;

namespace Rekey.Tests.Doubles;

/// <summary>A message: what to do and the id of what it is about.</summary>
public sealed record Message(string Queue, string Id);

/// <summary>The queues: at least once, in any order.</summary>
public sealed class MemoryQueues
{
    public List<Message> Messages { get; } = [];
}

/// <summary>One process's way to the queues.</summary>
public sealed class MemoryQueue(MemoryQueues queues, Fate fate) : IWorkQueue
{
    public Task EnqueueRotationAsync(string keyId, TimeSpan? delay, CancellationToken cancel) => SendAsync(new("rotations", keyId));

    public Task EnqueueDepartureAsync(string departureId, TimeSpan? delay, CancellationToken cancel) => SendAsync(new("departures", departureId));

    public Task EnqueueSweepAsync(string request, CancellationToken cancel) => SendAsync(new("sweeps", request));

    private Task SendAsync(Message message) => fate.DoAsync($"send {message.Queue}", () =>
    {
        queues.Messages.Add(message);
        return Task.CompletedTask;
    });
}

/// <summary>Findings by id.</summary>
public sealed class MemoryFindings
{
    public Dictionary<string, Finding> ById { get; } = new(StringComparer.Ordinal);

    public IEnumerable<Finding> Open => ById.Values.Where(f => f.ClosedAt is null);

    /// <summary>Ids in the order in which people were told, as <see cref="IFindings.RaiseAsync"/> promises it.</summary>
    public List<string> Announced { get; } = [];

    public IEnumerable<string> Kinds => ById.Values.Select(f => f.Kind);

    public IFindings For(Fate fate) => new Port(this, fate);

    private sealed class Port(MemoryFindings findings, Fate fate) : IFindings
    {
        public Task RaiseAsync(Finding finding, CancellationToken cancel) => fate.DoAsync("raise finding", () =>
        {
            var standing = findings.ById.GetValueOrDefault(finding.Id);
            if (standing is not { ClosedAt: null } || standing.Milestone != finding.Milestone)
            {
                findings.Announced.Add(finding.Id);
            }

            findings.ById[finding.Id] = standing is null ? finding : finding with
            {
                FirstSeen = standing.FirstSeen < finding.FirstSeen ? standing.FirstSeen : finding.FirstSeen,
                LastSeen = standing.LastSeen > finding.LastSeen ? standing.LastSeen : finding.LastSeen,
                Opening = standing.ClosedAt is null ? standing.Opening : standing.Opening + 1,
            };
            return Task.CompletedTask;
        });

        public Task CloseAsync(string findingId, string because, CancellationToken cancel) => fate.DoAsync("close finding", () =>
        {
            if (findings.ById.GetValueOrDefault(findingId) is { ClosedAt: null } standing)
            {
                findings.ById[findingId] = standing with { ClosedAt = standing.LastSeen, ClosedBecause = because };
            }

            return Task.CompletedTask;
        });

        public async Task CloseOthersAsync(string kind, string about, IReadOnlyCollection<string> seen, string because, CancellationToken cancel)
        {
            foreach (var open in findings.Open.Where(f => f.Kind == kind && f.About.StartsWith(about, StringComparison.Ordinal) && !seen.Contains(f.Id)).ToList())
            {
                await CloseAsync(open.Id, because, cancel);
            }
        }
    }
}

/// <summary>Who is in the directory, and how.</summary>
public sealed class FakeDirectory : IDirectory
{
    private readonly Dictionary<Guid, PersonStanding> _people = [];

    public PersonStanding this[Guid person]
    {
        set => _people[person] = value;
    }

    public Task<PersonStanding> ReadAsync(Guid personId, CancellationToken cancel) => Task.FromResult(_people.GetValueOrDefault(personId, PersonStanding.Unknown));
}
