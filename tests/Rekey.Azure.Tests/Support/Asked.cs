using Microsoft.AspNetCore.Http;

namespace Rekey.Azure.Tests.Support;

/// <summary>What a stub was asked.</summary>
internal sealed record Asked(
    string Method,
    string Host,
    string Path,
    string Url,
    string? Token,
    string Body,
    IHeaderDictionary Headers,
    DateTimeOffset At
);
