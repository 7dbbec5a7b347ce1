<?php
// Usage: HOOK_SECRET=whsec_... php -S 127.0.0.1:PORT verify.php

function is_signed(string $key, string $id, string $at, string $signatures, string $body): bool
{
    if (!ctype_digit($at) || abs(time() - (int) $at) > 300) {
        return false;
    }
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$at.$body", $key, true));
    foreach (explode(' ', $signatures) as $signature) {
        if (hash_equals($expected, $signature)) {
            return true;
        }
    }
    return false;
}

$signed = is_signed(
    base64_decode(substr(getenv('HOOK_SECRET'), strlen('whsec_'))),
    $_SERVER['HTTP_WEBHOOK_ID'] ?? '',
    $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '',
    $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '',
    file_get_contents('php://input'),
);
http_response_code($signed ? 200 : 401);
echo $signed ? '0' : '';
