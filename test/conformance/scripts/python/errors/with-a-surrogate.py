raise ValueError("파일을 찾을 수 없습니다 \udce9 끝")
