using System.Text.Json.Serialization;
using Rekey.Core;
using Rekey.Functions.Rotations;

namespace Rekey.Functions.Departures;

/// <summary>A key that a person who left could have used or taken.</summary>
/// <param name="Key">Vault authority and name.</param>
/// <param name="Mode">How far Rekey responds without an approver.</param>
/// <param name="Rotation">The rotation; null while there is none.</param>
/// <param name="Unreadable">Why its row cannot be read; null when it can.</param>
public sealed record ExposedKeyView(
    string Key,
    string Urgency,
    [property: JsonConverter(typeof(JsonStringEnumConverter<ResponseMode>))] ResponseMode Mode,
    IReadOnlyList<string> Reasons,
    RotationView? Rotation,
    string? Unreadable
);
