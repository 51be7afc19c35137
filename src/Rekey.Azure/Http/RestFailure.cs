namespace Rekey.Azure.Http;

/// <summary>The JSON body of a refusal.</summary>
internal sealed record RestFailure(RestError? Error);
