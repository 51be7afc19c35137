namespace Rekey.Exposures.Previews;

/// <summary>What would happen if a person left now. It is a reading: nothing is planned or kept.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Unread">The sources that could not be read: more keys may be exposed.</param>
public sealed record ExposurePreview(
    string PersonId,
    DateTimeOffset At,
    IReadOnlyList<PreviewedKey> Keys,
    IReadOnlyList<UnreadSource> Unread
);
