namespace Rekey.Local.FunctionsHost.Invocations;

/// <summary>How one invocation ended.</summary>
/// <param name="InvocationId">As the handler was told in <c>X-Azure-Functions-InvocationId</c>.</param>
/// <param name="Reply">The handler's reply when it succeeded, otherwise null.</param>
/// <param name="Error">Why it failed, otherwise null.</param>
public sealed record InvocationResult(Guid InvocationId, HandlerReply.Success? Reply, string? Error)
{
    public bool Succeeded => Error is null;
}
