namespace Rekey.Azure.Http;

internal sealed record RestError(string? Code, string? Message);
