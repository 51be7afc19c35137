namespace Rekey.Local.FunctionsHost;

/// <summary>How an invocation ended.</summary>
/// <param name="InvocationId">The host's id of it.</param>
/// <param name="Error">Why it failed; null when it succeeded.</param>
public sealed record InvocationResult(string InvocationId, string? Error)
{
    /// <summary>Whether the worker said that it succeeded.</summary>
    public bool Succeeded => Error is null;

    /// <summary>Whether the worker said anything at all.</summary>
    internal bool Answered { get; private init; } = true;

    internal static InvocationResult Success(string id) => new(id, Error: null);

    internal static InvocationResult Failure(string id, string error) => new(id, error);

    internal static InvocationResult Lost(string id, string error) => new(id, error) { Answered = false };
}
