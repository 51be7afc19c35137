using System.Text.Json.Serialization;

namespace Rekey.Rotations.Outcomes;

/// <summary>The outcome of a request to rotate a key. Only <see cref="Rotated"/> means that the key was rotated.</summary>
public enum RotationOutcome
{
    /// <summary>A rotation for this cause was carried out and read back.</summary>
    [JsonStringEnumMemberName("rotated")]
    Rotated,

    /// <summary>An approver declined it, or no one answered and silence means no: the key was not rotated.</summary>
    [JsonStringEnumMemberName("declined")]
    Declined,

    /// <summary>Rekey only observes: the key was not rotated.</summary>
    [JsonStringEnumMemberName("observed")]
    Observed,

    /// <summary>Another request or rotation has done, or will do, what this one asked for.</summary>
    [JsonStringEnumMemberName("superseded")]
    Superseded,

    /// <summary>An approver cancelled the rotation before trust in the old versions had ended.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>The person could have used no governed key: there was nothing to rotate.</summary>
    [JsonStringEnumMemberName("nothing-exposed")]
    NothingExposed,
}
