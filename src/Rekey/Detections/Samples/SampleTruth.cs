using Rekey.Detections.Campaigns;

namespace Rekey.Detections.Samples;

/// <summary>The exact result that a sweep of sample logs must have.</summary>
/// <param name="Sightings">Every row that every verdict must yield.</param>
/// <param name="Issuances">Lines about issuances, without those that were delivered twice.</param>
public sealed record SampleTruth(long Issuances, long Accesses, IReadOnlyList<Sighting> Sightings, Damage Damage);
