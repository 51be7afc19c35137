using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// Tokens that belong together: one issuer, one kid, one verdict. It is one finding, however many tokens there are.
/// </summary>
/// <param name="Iss">Null for all issuers that this deployment does not govern: forgers name as many as they like.</param>
/// <param name="Kid">Null for all kids of the issuer that were never trusted, for the same reason.</param>
/// <param name="DetectionId">The detection that it came from.</param>
public sealed record TokenCampaign(string? Iss, string? Kid, Verdict Verdict, string DetectionId) : IRecord
{
    public const string All = "campaign";

    public static int SchemaVersion => 1;

    /// <summary>Whether anything may still change by itself: a hold, a late issuance, a question, a block.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>The last round of questions about blocking, and until when no other is asked.</summary>
    public int Round { get; init; }

    public DateTimeOffset? NoQuestionBefore { get; init; }

    /// <summary>When tokens of it were found to be lost: it says only what is left until the logs were read again. Null when all are
    /// there.</summary>
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>When a key was first suspected, by cause: what was ordered then is ordered again in the same words after a crash.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Suspected { get; init; } =
        new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>Causes that were ordered, each with the mode it was ordered in.</summary>
    public IReadOnlyList<string> Ordered { get; init; } = [];

    /// <summary>The campaign of a token: by issuer and kid where both are ours, or it would be the forger who decides how many there
    /// are.</summary>
    /// <param name="isGoverned">Whether an issuer is ours.</param>
    /// <param name="wasTrusted">Whether a kid of an issuer of ours was trusted at any time.</param>
    public static TokenCampaign Of(
        Sighting sighting,
        string detectionId,
        Func<string, bool> isGoverned,
        Func<string, string?, bool> wasTrusted
    )
    {
        var (iss, kid) = (sighting.Token.Iss, sighting.Token.Kid);
        return isGoverned(iss)
            ? new(iss, wasTrusted(iss, kid) ? kid : null, sighting.Verdict, detectionId)
            : new(null, null, sighting.Verdict, detectionId);
    }

    [JsonIgnore]
    public string Id => StableId.Of("campaign", Verdict.Code(), Iss ?? "", Kid ?? "");

    /// <summary>What its finding is about. Issuers and kids that a forger may have made up are not in it.</summary>
    [JsonIgnore]
    public string About =>
        Iss is null ? "issuers that are not governed"
        : Kid is null ? $"{Iss}, kids that were never trusted"
        : $"{Iss}, kid {Kid}";

    [JsonIgnore]
    public string FindingKind => $"tokens-{Verdict.Code()}";

    [JsonIgnore]
    public string FindingId => Rekey.Findings.Finding.IdOf(FindingKind, About);

    [JsonIgnore]
    public string Partition => All;

    [JsonIgnore]
    public string Row => Id;
}
