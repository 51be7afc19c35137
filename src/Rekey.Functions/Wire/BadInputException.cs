namespace Rekey.Functions.Wire;

/// <summary>An input that will never be accepted: a 4xx with the reason over HTTP, otherwise a dead letter.</summary>
/// <param name="reason">A stable code such as <c>wrong-client-state</c>.</param>
public sealed class BadInputException(string reason, string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    public string Reason { get; } = reason;

    public int Status { get; } = status;
}
