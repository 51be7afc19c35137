using Rekey.Core;

namespace Rekey.Exposures;

/// <summary>The answer of one source about one key.</summary>
/// <param name="NotSeen">Why a part of the source could not be read; null when all of it was. The reasons count all the same.</param>
public sealed record ExposureAnswer(IReadOnlyList<ExposureReason> Reasons, CannotContinueException? NotSeen = null)
{
    /// <summary>The source was read, and names no one.</summary>
    public static ExposureAnswer None { get; } = new([]);
}
