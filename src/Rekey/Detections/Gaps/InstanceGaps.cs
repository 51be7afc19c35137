using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Core.Records;

namespace Rekey.Detections.Gaps;

/// <summary>The gaps in the log of one instance of an issuer. One record is one finding while any gap is open.</summary>
public sealed record InstanceGaps(string Iss, string IssuerInstance) : IRecord
{
    public const string All = "gaps";

    public static int SchemaVersion => 1;

    /// <summary>The gaps, in order of time.</summary>
    public IReadOnlyList<TrackedGap> Gaps { get; init; } = [];

    [JsonIgnore]
    public bool IsWholeIssuer => string.Equals(IssuerInstance, IssuanceGap.WholeIssuer, StringComparison.Ordinal);

    /// <summary>Whether the gaps are what cannot be read of a file.</summary>
    [JsonIgnore]
    public bool IsFile => IssuanceGap.IsFile(IssuerInstance);

    [JsonIgnore]
    public string About =>
        IsWholeIssuer ? $"{Iss}, all instances"
        : IsFile ? $"{Iss}, {IssuerInstance}"
        : IssuerInstance.Length == 0 ? Iss
        : $"{Iss}, instance {IssuerInstance}";

    [JsonIgnore]
    public string Partition => All;

    [JsonIgnore]
    public string Row => StableId.Of("instance-gaps", Iss, IssuerInstance);
}
