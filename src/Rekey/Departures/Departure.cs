using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Departures.CuttingOff;
using Rekey.Departures.Watching;
using Rekey.Ledgers.Records;

namespace Rekey.Departures;

/// <summary>A person's departure: an account disabled or deleted, from whatever source, reported however often.</summary>
/// <param name="PersonId">Object id in Entra ID.</param>
/// <param name="AccessEndedAt">When Rekey saw the account closed; keys made up to then may be exposed.</param>
public sealed record Departure(string TenantId, string PersonId, int Epoch, DateTimeOffset NoticedAt, DateTimeOffset AccessEndedAt)
    : IEnding
{
    public static int SchemaVersion => 1;

    /// <summary>The sources that reported it, first to last.</summary>
    public IReadOnlyList<DepartureSource> Sources { get; init; } = [];

    /// <summary>Whether the directory confirmed it. If not, every response needs a decision.</summary>
    public bool Confirmed { get; init; }

    /// <summary>When the directory confirmed it, and when more became known later; null while unconfirmed.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Whether every exposed key is rotated at once, as if the person had taken it.</summary>
    public bool Hostile { get; init; }

    /// <summary>Keys that an operator named as exposed, by key id.</summary>
    public IReadOnlyList<string> NamedKeys { get; init; } = [];

    /// <summary>Rises when the known facts get worse: the departure is then assessed again, under another cause.</summary>
    public int Revision { get; init; } = 1;

    public DateTimeOffset? AssessedAt { get; init; }

    /// <summary>How often an unreadable vault kept an assessment from being complete.</summary>
    public int Looks { get; init; }

    /// <summary>When to retry what could not be read; null when nothing was tried.</summary>
    public DateTimeOffset? NextLookAt { get; init; }

    /// <summary>The response to each exposed key.</summary>
    public IReadOnlyList<PlannedResponse> Plan { get; init; } = [];

    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>When Rekey looked again, after the person's last access token had expired; null before.</summary>
    public DateTimeOffset? LookedAgainAt { get; init; }

    /// <summary>What was done to end the person's access; null when nothing was begun.</summary>
    public CutOff? CutOff { get; init; }

    /// <summary>
    /// Whether the rotations are done, the access is ended as far as that was begun, and nothing is to be looked at again.
    /// </summary>
    public bool IsOver =>
        SettledAt is not null
        && CutOff is null or { EndedAt: not null }
        && (LookedAgainAt is not null || !Confirmed || Plan.All(p => p.Mode is ResponseMode.Observe));

    /// <summary>The watch over the person; null before it began.</summary>
    public DepartureWatch? Watch { get; init; }

    /// <summary>The id, from tenant, object id and epoch: reported three times, it is one departure.</summary>
    public string Id => IdOf(TenantId, PersonId, Epoch);

    /// <summary>Names this departure, in its present revision, as the cause of rotations.</summary>
    public string Cause => CauseOf(Revision);

    /// <summary>The causes of earlier revisions, when less was known.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> EarlierCauses => [.. Enumerable.Range(1, Revision - 1).Select(CauseOf)];

    /// <summary>The people who may not decide about it: the person and the reporters.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Initiators => [PersonId, .. Sources.Select(s => s.Reporter).OfType<string>()];

    /// <summary>Names the second look at a departure as the cause of rotations.</summary>
    public static string SecondCauseOf(string cause) => $"{cause}/again";

    /// <summary>Names the n-th order of the watch over this departure as the cause of rotations.</summary>
    public string UseCauseOf(int order) => $"{Id}/used/{order}";

    public string Partition => "departure";

    public string Row => Id;

    /// <summary>When the last access token that the person may hold has expired.</summary>
    public DateTimeOffset TokensEndAt(DepartureOptions options) => AccessEndedAt + options.MaxAccessTokenLifetime;

    private string CauseOf(int revision) => revision == 1 ? Id : $"{Id}/{revision}";

    public static string IdOf(string tenantId, string personId, int epoch) => $"{tenantId}~{personId}~{epoch}".ToLowerInvariant();
}
