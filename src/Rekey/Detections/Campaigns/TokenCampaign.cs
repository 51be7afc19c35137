using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Detections.Campaigns;

/// <summary>
/// A campaign: related tokens of one issuer, kid and verdict. It is one finding, whatever its number of tokens.
/// </summary>
/// <param name="Iss">Null for all issuers that this deployment does not govern: a forger can invent many.</param>
/// <param name="Kid">Null for all kids of the issuer that were never trusted, for the same reason.</param>
/// <param name="DetectionId">The detection that found it.</param>
public sealed record TokenCampaign(string? Iss, string? Kid, Verdict Verdict, string DetectionId) : IRecord
{
    public const string All = "campaign";

    public static int SchemaVersion => 1;

    /// <summary>Whether it may still change: by a hold, a late issuance, a question or a block.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>The last round of questions about blocking, and the time of the next.</summary>
    public int Round { get; init; }

    public DateTimeOffset? NoQuestionBefore { get; init; }

    /// <summary>When a loss of its tokens was found: it is incomplete until the logs were read again. Null if it is complete.</summary>
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>When a key was first suspected, by cause, so that a retry after a crash makes the same order.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Suspected { get; init; } =
        new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>The causes of ordered rotations, each with its mode.</summary>
    public IReadOnlyList<string> Ordered { get; init; } = [];

    /// <summary>Returns the campaign of a token. Only governed issuers and kids count, so that a forger cannot choose the number of
    /// campaigns.</summary>
    /// <param name="isGoverned">Whether this deployment governs an issuer.</param>
    /// <param name="wasTrusted">Whether a kid of a governed issuer was ever trusted.</param>
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

    /// <summary>The subject of its finding, without issuers and kids that a forger may have invented.</summary>
    [JsonIgnore]
    public string About =>
        Iss is null ? "issuers that are not governed"
        : Kid is null ? $"{Iss}, kids that were never trusted"
        : $"{Iss}, kid {Kid}";

    [JsonIgnore]
    public string FindingKind => Verdict.FindingKind();

    [JsonIgnore]
    public string FindingId => Rekey.Findings.Finding.IdOf(FindingKind, About);

    [JsonIgnore]
    public string Partition => All;

    [JsonIgnore]
    public string Row => Id;
}
