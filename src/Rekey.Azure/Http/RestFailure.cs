namespace Rekey.Azure.Http;

/// <summary>The body of a refusal.</summary>
internal sealed record RestFailure(RestError? Error);
