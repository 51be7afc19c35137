using System.Text.Json.Serialization;
using Rekey.Functions.Departures.Views;
using Rekey.Rotations;

namespace Rekey.Functions.Rotations;

/// <summary>A request that a rotation carries out.</summary>
/// <param name="Cause">The id of the departure, or of the campaign of forged tokens.</param>
public sealed record RotationCauseView(
    string Cause,
    [property: JsonConverter(typeof(JsonStringEnumConverter<Urgency>))] Urgency Urgency,
    OutcomeView Outcome
);
