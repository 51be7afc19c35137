using System.Text.Json.Serialization;
using Rekey.Core.Records;

namespace Rekey.Departures;

/// <summary>One person leaving: an account disabled or deleted, whoever told us, however often.</summary>
/// <param name="PersonId">Object id in Entra ID.</param>
/// <param name="AccessEndedAt">When Rekey saw that the account was closed; what was made up to then could be in their hands.</param>
public sealed record Departure(string TenantId, string PersonId, int Epoch, DateTimeOffset NoticedAt, DateTimeOffset AccessEndedAt)
    : IRecord
{
    public static int SchemaVersion => 1;

    /// <summary>Who told us, first to last.</summary>
    public IReadOnlyList<DepartureSource> Sources { get; init; } = [];

    /// <summary>Whether the directory says so too. If not, every response is a question.</summary>
    public bool Confirmed { get; init; }

    /// <summary>When the directory said so, and when more became known later; null while it does not.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>Everything is done at once, as if every key were in their pocket.</summary>
    public bool Hostile { get; init; }

    /// <summary>Keys that an operator named as exposed, by key id.</summary>
    public IReadOnlyList<string> NamedKeys { get; init; } = [];

    /// <summary>Rises when what is known gets worse: it is then assessed again, under another cause.</summary>
    public int Revision { get; init; } = 1;

    public DateTimeOffset? AssessedAt { get; init; }

    /// <summary>How often a vault kept an assessment from being complete.</summary>
    public int Looks { get; init; }

    /// <summary>When to look again at what could not be read; null when nobody has tried.</summary>
    public DateTimeOffset? NextLookAt { get; init; }

    /// <summary>What is being done about each exposed key.</summary>
    public IReadOnlyList<PlannedResponse> Plan { get; init; } = [];

    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>(tenant, object id, epoch): told three times, it is one departure.</summary>
    public string Id => IdOf(TenantId, PersonId, Epoch);

    /// <summary>Names this departure, as known now, as the cause of rotations.</summary>
    public string Cause => CauseOf(Revision);

    /// <summary>The causes under which less was known.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> EarlierCauses => [.. Enumerable.Range(1, Revision - 1).Select(CauseOf)];

    public string Partition => "departure";

    public string Row => Id;

    private string CauseOf(int revision) => revision == 1 ? Id : $"{Id}/{revision}";

    public static string IdOf(string tenantId, string personId, int epoch) => $"{tenantId}~{personId}~{epoch}".ToLowerInvariant();
}
