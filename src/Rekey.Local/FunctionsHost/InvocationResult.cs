namespace Rekey.Local.FunctionsHost;

/// <summary>The result of an invocation.</summary>
/// <param name="InvocationId">The host's id of it.</param>
/// <param name="Error">Why it failed; null when it succeeded.</param>
public sealed record InvocationResult(string InvocationId, string? Error)
{
    /// <summary>Whether the worker reported success.</summary>
    public bool Succeeded => Error is null;

    /// <summary>Whether the worker answered.</summary>
    internal bool Answered { get; private init; } = true;

    internal static InvocationResult Success(string id) => new(id, Error: null);

    internal static InvocationResult Failure(string id, string error) => new(id, error);

    internal static InvocationResult Lost(string id, string error) => new(id, error) { Answered = false };
}
