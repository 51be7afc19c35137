using Rekey.Exposures.Previews;

namespace Rekey.Functions.Exposures.Views;

/// <summary>What would happen if a person left now, or every key with the number of people who could have taken it.</summary>
/// <param name="User">The object id of the person; null when it is about everyone.</param>
/// <param name="At">When it was read.</param>
/// <param name="Keys">The keys that the person exposes; about everyone, all exposed keys, most people first.</param>
/// <param name="NotSeen">The sources that could not be read: more keys may be exposed.</param>
public sealed record ExposureView(
    string? User,
    DateTimeOffset At,
    IReadOnlyList<ExposedKeyRow> Keys,
    IReadOnlyList<UnreadSourceView> NotSeen
)
{
    public static ExposureView Of(ExposurePreview preview) =>
        new(preview.PersonId, preview.At, [.. preview.Keys.Select(ExposedKeyRow.Of)], UnreadSourceView.Of(preview.Unread));
}
