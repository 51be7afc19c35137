using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Detections.Gaps;

/// <summary>The gaps in the log of one instance of an issuer, or the times in which the gaps of all issuers are unknown. One record is one
/// finding while any gap is open.</summary>
public sealed record InstanceGaps(string Iss, string IssuerInstance) : IRecord
{
    public const string All = "gaps";

    /// <summary>The issuer that stands for all issuers, because a query for gaps did not finish. No log can name it.</summary>
    public const string AnyIssuer = "";

    public static int SchemaVersion => 1;

    /// <summary>The gaps, in order of time.</summary>
    public IReadOnlyList<TrackedGap> Gaps { get; init; } = [];

    [JsonIgnore]
    public bool IsWholeIssuer => string.Equals(IssuerInstance, IssuanceGap.WholeIssuer, StringComparison.Ordinal);

    /// <summary>Whether it is no instance, but the time in which the gaps of all issuers are unknown.</summary>
    [JsonIgnore]
    public bool IsUnknown => Iss.Length == 0;

    /// <summary>Whether the gaps are what cannot be read of a file.</summary>
    [JsonIgnore]
    public bool IsFile => IssuanceGap.IsFile(IssuerInstance);

    [JsonIgnore]
    public string About =>
        IsUnknown ? "all issuers"
        : IsWholeIssuer ? $"{Iss}, all instances"
        : IsFile ? $"{Iss}, {IssuerInstance}"
        : IssuerInstance.Length == 0 ? Iss
        : $"{Iss}, instance {IssuerInstance}";

    /// <summary>Whether its gaps may hide tokens of an issuer.</summary>
    public bool Concerns(string iss) => IsUnknown || string.Equals(Iss, iss, StringComparison.Ordinal);

    [JsonIgnore]
    public string Partition => All;

    [JsonIgnore]
    public string Row => StableId.Of("instance-gaps", Iss, IssuerInstance);
}
