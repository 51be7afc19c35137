namespace Rekey.Functions.Wire;

/// <summary>Names the reasons with which a function refuses a request, for the OpenAPI document.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="reasons">The values of <c>reason</c> in the problem details.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProblemAttribute(int status, params string[] reasons) : Attribute
{
    public int Status { get; } = status;

    public IReadOnlyList<string> Reasons { get; } = reasons;
}
