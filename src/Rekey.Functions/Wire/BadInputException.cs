namespace Rekey.Functions.Wire;

/// <summary>An input that can never be taken: over HTTP a 4xx with the reason, otherwise a dead letter.</summary>
/// <param name="reason">A stable code such as <c>wrong-client-state</c>.</param>
public sealed class BadInputException(string reason, string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    public string Reason { get; } = reason;

    public int Status { get; } = status;
}
