namespace Rekey.Core;

/// <summary>
/// Trying again will not help: somebody must act. <see cref="Reason"/> is a stable code for programs,
/// <see cref="Exception.Message"/> says in plain words what is wrong, <see cref="Remedy"/> what to do.
/// </summary>
public sealed class CannotContinueException(string reason, string message, string remedy, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>A stable, lower-case code such as <c>key-not-found</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>What a person has to do.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>The rows that cannot be read, when that is what is wrong; else empty.</summary>
    public IReadOnlyList<string> UnreadableRows { get; init; } = [];
}
