namespace Rekey.Core;

/// <summary>
/// A failure that a retry cannot fix: a person must act. <see cref="Reason"/> is a stable code for programs,
/// <see cref="Exception.Message"/> says what is wrong, <see cref="Remedy"/> what to do.
/// </summary>
public sealed class CannotContinueException(string reason, string message, string remedy, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>A stable, lower-case code such as <c>key-not-found</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>What a person has to do.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>The rows that cannot be read, when that is the cause; else empty.</summary>
    public IReadOnlyList<string> UnreadableRows { get; init; } = [];
}
